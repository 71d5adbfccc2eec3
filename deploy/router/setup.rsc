# RouterOS 7.9 or newer: HTTPS for the REST API and one user for the backon agent.
# Writes no firewall rule: the agent adds and removes that one itself.
# Fill in the three values on a copy, then: /import file-name=setup.rsc
# Afterwards remove the file from the router: it holds the password. Undo: remove.rsc.

# The address under which the agent reaches this router.
:local routerAddress "192.0.2.1"
# Every node that may run the agent, as a comma-separated list. No other address may log in.
:local agentAddresses "192.0.2.10/32"
# At least 32 random characters; the same text goes into the cluster's Secret.
:local agentPassword "REPLACE"

:if ([:len $agentPassword] < 32) do={ :error "setup.rsc: set a password of at least 32 characters" }

# 1. A certificate that the agent can check. Each signing takes a moment; without the delay
#    the next line may not find the certificate yet.
/certificate/add name=backon-ca common-name=backon-ca key-usage=key-cert-sign,crl-sign days-valid=3650
/certificate/sign backon-ca
:delay 3s
/certificate/add name=backon-https common-name=$routerAddress subject-alt-name="IP:$routerAddress" days-valid=825
/certificate/sign backon-https ca=backon-ca
:delay 3s
# Only the public part: backon-ca.crt, which becomes router-ca.pem in the cluster.
/certificate/export-certificate backon-ca file-name=backon-ca

# 2. HTTPS with that certificate, for the agent's nodes alone. If other clients use this
#    service, keep its certificate and add their addresses here.
/ip/service/set www-ssl certificate=backon-https tls-version=only-1.2 address=$agentAddresses disabled=no

# 3. Exactly four policies. RouterOS answers 500 without `api`. They are not per menu: a leaked
#    password could change most settings, so the address limit matters.
/user/group/add name=backon policy=read,write,api,rest-api comment="backon agent"
/user/add name=backon group=backon address=$agentAddresses password=$agentPassword comment="backon agent"
