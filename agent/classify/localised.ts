// Windows words a failed socket call in its own language; the Linux kernel and Go never do. Each
// error by the part of its sentence that no other has, in lower case.
const CAUSES: readonly (readonly [string, readonly string[]])[] = [
  [
    "actively refused",
    [
      "积极拒绝",
      "拒絕連線",
      "die verbindung verweigerte",
      "expressément refusée",
      "expresamente dicha conexión",
      "recusou ativamente",
      "отверг запрос на подключение",
      "拒否されたため",
      "rifiuto persistente",
    ],
  ],
  [
    "did not properly respond after a period",
    [
      "没有正确答复",
      "並未正確回應",
      "nicht richtig reagiert",
      "pas répondu convenablement",
      "no respondió adecuadamente",
      "não respondeu corretamente",
      "не получен нужный отклик",
      "正しく応答しなかった",
      "non ha risposto correttamente",
    ],
  ],
  [
    "forcibly closed by the remote",
    [
      "强迫关闭了一个现有的连接",
      "强制关闭了一个现有的连接",
      "遠端主機已強制關閉",
      "vom remotehost geschlossen",
      "fermée par l'hôte distant",
      "forzado la interrupción de una conexión",
      "forçado o cancelamento de uma conexão",
      "принудительно разорвал",
      "強制的に切断されました",
      "forzatamente interrotta dall'host remoto",
    ],
  ],
  ["no such host", ["不知道这样的主机", "host ist unbekannt", "hôte inconnu", "host desconocido"]],
];

/** A lower-case text with those sentences in English. */
export function inEnglish(text: string): string {
  let english = text;
  for (const [cause, localised] of CAUSES)
    for (const words of localised) english = english.replaceAll(words, ` ${cause} `);
  return english;
}
