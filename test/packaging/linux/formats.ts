import { DEB_FORMAT } from '../deb/deb-format.ts';
import { RPM_FORMAT } from '../rpm/rpm-format.ts';
import type { PackageFormat } from './package-format.ts';

/** Every format for which the specifications of this directory hold. */
export const FORMATS: readonly PackageFormat[] = [DEB_FORMAT, RPM_FORMAT];
