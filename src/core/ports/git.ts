// What a repository itself tells git to do, read without running git.

/** One entry of a configuration file, section and key in small letters as git compares them. */
export interface GitSetting {
  section: string;
  subsection: string | null;
  key: string;
  /** Null for a key without `=`, which git takes for true. */
  value: string | null;
}

/** The configuration that git would take from the repository that a folder belongs to. */
export interface GitFacts {
  /** All entries of all files that count, submodules' too. None where there is no repository. */
  settings: readonly GitSetting[];
  /** Why more may count than was read, one phrase each; empty when everything was. */
  problems: readonly string[];
}

/** Total: never throws; what cannot be read is a problem. Reads the disk anew each time. */
export interface GitRepositories {
  /** `folder` is absolute and real. */
  factsOf(folder: string): Promise<GitFacts>;
}
