// Put before a program, `node --import …/at-the-site.ts PROGRAM`, it makes that process one of the
// simulated node: what it dials goes through the site's gateway, this machine's own addresses
// excepted. The program is as it is shipped. SITE_GATEWAY_PORT names the gateway.
import dgram from "node:dgram";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";
import { connectThrough, isLoopback } from "./network/gateway-socket.ts";
import { NODE_SOURCES } from "./network/places.ts";

const gatewayPort = Number(process.env["SITE_GATEWAY_PORT"]);

const connect = net.connect;
net.connect = function (...given: unknown[]): net.Socket {
  const { host = "", port = 0, localPort } = given[0] as Partial<net.TcpNetConnectOpts>;
  return net.isIP(host) === 0 || isLoopback(host)
    ? Reflect.apply(connect, net, given)
    : connectThrough({ gatewayPort, address: host, port, fromPort: localPort });
} as typeof net.connect;

// A UDP socket that is connected to an address tells which of its own a node would use towards it.
const createSocket = dgram.createSocket;
dgram.createSocket = function (...options: unknown[]): dgram.Socket {
  const socket: dgram.Socket = Reflect.apply(createSocket, dgram, options);
  const connectHere = socket.connect.bind(socket);
  socket.connect = (port: number, given: unknown): void => {
    const address = typeof given === "string" ? given : "127.0.0.1";
    if (isLoopback(address)) return connectHere(port, address);
    const [family, own] = net.isIPv6(address)
      ? ["IPv6", NODE_SOURCES.v6]
      : ["IPv4", NODE_SOURCES.v4];
    socket.address = () => ({ address: own, family, port: 0 });
    process.nextTick(() => socket.emit("connect"));
  };
  return socket;
} as typeof dgram.createSocket;
syncBuiltinESMExports();

// Whoever started it holds the other end of its input: when that process is gone, so is this one.
process.stdin.on("end", () => process.kill(process.pid, "SIGTERM")).resume();
process.stdin.unref();
