/** The version of Worker and agent; one repository, one version. Equals package.json's. */
export const VERSION = "0.1.0";
