/**
 * What the product is for, for lists of package managers: at most 80 characters, without an article, the name of the
 * product, a system or a full stop (the linter of Homebrew, docs.brew.sh/Formula-Cookbook).
 */
export const DESCRIPTION = 'Shells, forwarded ports and SSH through AWS Systems Manager';
