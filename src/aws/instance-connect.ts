/** Keys for SSH (EC2 Instance Connect API). */
export interface InstanceConnectCalls {
  /**
   * Lets a key log in to an instance for 60 seconds.
   *
   * @param id - of the instance
   * @param user - of its system
   * @throws AwsError
   */
  sendSshPublicKey(id: string, user: string, publicKey: string): Promise<void>;
}
