/** How users sign in to databases. */
export interface DatabaseSignInCalls {
  /** The text of a secret of Secrets Manager. @param id - its name or ARN */
  secretText(id: string): Promise<string>;
  /** An IAM token that a database takes as a password, for 15 minutes. Sends no request. */
  databaseToken(request: DatabaseTokenRequest): Promise<string>;
}

/** For which user of which database a token is. */
export type DatabaseTokenRequest =
  | {
      readonly service: 'rds';
      /** Its endpoint. */
      readonly host: string;
      /** Of the endpoint. */
      readonly port: number;
      readonly user: string;
    }
  | {
      readonly service: 'elasticache';
      /** The name of the cache. */
      readonly name: string;
      readonly isServerless: boolean;
      readonly user: string;
    };
