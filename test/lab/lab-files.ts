// The lab's files that are visible inside and outside.

export type LabFiles = {
  /** The CA of every registry, PEM. */
  readonly caFile: string;
  /** The lab's /etc/hosts: localhost, and router.lan at both of the router's addresses. */
  readonly hostsFile: string;
};

export function labFiles(folder: string): LabFiles {
  return { caFile: `${folder}/ca.pem`, hostsFile: `${folder}/hosts` };
}
