// Types of an in-toto statement with a provenance of SLSA v1, as far as this project writes them
// (in-toto/attestation, spec/v1/statement.md; slsa.dev/spec/v1.1/provenance).

/** A file or another input, by its digests, or where there are none by its address. */
export interface ResourceDescriptor {
  readonly name?: string;
  readonly uri?: string;
  /** Hexadecimal, by algorithm (in-toto/attestation, spec/v1/digest_set.md). */
  readonly digest?: Readonly<Partial<Record<'sha256' | 'sha512' | 'gitCommit', string>>>;
  readonly annotations?: Readonly<Record<string, string | boolean>>;
}

/** How files were made. */
export interface ProvenanceStatement {
  readonly _type: 'https://in-toto.io/Statement/v1';
  readonly subject: readonly ResourceDescriptor[];
  readonly predicateType: 'https://slsa.dev/provenance/v1';
  readonly predicate: {
    readonly buildDefinition: {
      readonly buildType: string;
      readonly externalParameters: ExternalParameters;
      readonly resolvedDependencies: readonly ResourceDescriptor[];
    };
    readonly runDetails: {
      readonly builder: { readonly id: string };
    };
  };
}

/** What a person chooses for a build; RELEASING.md describes each. */
export interface ExternalParameters {
  readonly version: string;
  /** Undefined when it is not known. */
  readonly commit: string | undefined;
  readonly targets: readonly string[];
  readonly compression: string;
  readonly sourceDateEpoch: number;
  readonly maintainer: string;
  readonly homepage: string;
  readonly downloads: string;
  /** Values of `--accept-runtime`. */
  readonly acceptedRuntimes: readonly string[];
  /** Whether no key signs SHA256SUMS; a release is so only with `--unsigned`. */
  readonly unsigned: boolean;
  /** Names of the variables that name identities; no values. */
  readonly signedBy: readonly string[];
}
