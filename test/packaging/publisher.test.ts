import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  describePublisher,
  NO_PUBLISHER,
  readPublisher,
  vendorOf,
} from '../../packaging/publisher.ts';

const ADA = {
  SSM_PACKAGE_MAINTAINER: 'Ada Doe <ada@example.com>',
  SSM_PACKAGE_HOMEPAGE: 'https://example.com/plugin',
  SSM_PACKAGE_DOWNLOADS: 'https://downloads.example.com:8443/plugin',
};

describe('the publisher of packages', () => {
  it('is the one of the environment', () => {
    const publisher = readPublisher(ADA);
    assert.deepEqual(publisher, {
      maintainer: 'Ada Doe <ada@example.com>',
      homepage: 'https://example.com/plugin',
      downloads: 'https://downloads.example.com:8443/plugin',
    });
    assert.equal(vendorOf(publisher), 'Ada Doe');
    assert.equal(
      describePublisher(publisher),
      'packages are of Ada Doe <ada@example.com>, https://example.com/plugin, published at https://downloads.example.com:8443/plugin',
    );
  });

  it('has addresses that do not exist where none is set, and the build prints what to set', () => {
    for (const env of [
      {},
      { SSM_PACKAGE_MAINTAINER: '', SSM_PACKAGE_HOMEPAGE: '', SSM_PACKAGE_DOWNLOADS: '' },
    ]) {
      assert.deepEqual(readPublisher(env), NO_PUBLISHER);
    }
    const { maintainer, homepage, downloads } = NO_PUBLISHER;
    for (const text of [maintainer, homepage, downloads])
      assert.match(text, /\.invalid(?:\/|>|\/plugin)$/);
    assert.match(
      describePublisher(NO_PUBLISHER),
      /: SSM_PACKAGE_MAINTAINER, SSM_PACKAGE_HOMEPAGE, SSM_PACKAGE_DOWNLOADS not set$/,
    );
  });

  it('is refused when it would break a package', () => {
    for (const maintainer of [
      'Ada Doe',
      'ada@example.com',
      'Ada <ada>',
      'Ada\nDepends: <a@b.example>',
    ]) {
      assert.throws(() => readPublisher({ ...ADA, SSM_PACKAGE_MAINTAINER: maintainer }), {
        name: 'BuildError',
        message: /^SSM_PACKAGE_MAINTAINER is .*: set a name and an address/s,
      });
    }
    for (const homepage of ['example.com', 'https://example.com/ x', 'https://a\nDepends: x']) {
      assert.throws(() => readPublisher({ ...ADA, SSM_PACKAGE_HOMEPAGE: homepage }), {
        name: 'BuildError',
        message: /^SSM_PACKAGE_HOMEPAGE is .*: set a URL/s,
      });
    }
    for (const downloads of [
      'example.com/plugin',
      'http://example.com/plugin',
      'https://example.com/plugin/',
      'https://example.com/$(id)',
      'https://example.com/a b',
      'https://example.com/plugin\n',
    ]) {
      assert.throws(() => readPublisher({ ...ADA, SSM_PACKAGE_DOWNLOADS: downloads }), {
        name: 'BuildError',
        message: /^SSM_PACKAGE_DOWNLOADS is .*: set a URL that begins with https/s,
      });
    }
  });
});
