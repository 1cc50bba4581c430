/** A catalogue whose packages, and troubles, a test sets. */
import { Code, ConnectError } from '@connectrpc/connect';
import { CatalogueService, type DownloadPackageRequest } from '@skein/contracts/registry';
import { digestOf, packArchive, type PackageFiles } from '@skein/packages';
import { bind, skeinError, type ServiceBinding } from '@skein/rpc';
import type { PackageKey } from '../app/package-folders.ts';

const PIECE_BYTES = 1000;

export class FakeCatalogue {
  readonly binding: ServiceBinding;
  /** What was asked for, in that order. */
  readonly downloads: DownloadPackageRequest[] = [];
  /** Whether it does not answer. */
  isAway = false;
  /** After how many pieces of each download the stream breaks; the last number goes on. Empty: never. */
  breaks: number[] = [];
  readonly #archives = new Map<string, Buffer>();

  constructor() {
    const unused = () => ({});
    this.binding = bind(CatalogueService, {
      publishPackage: unused,
      searchPackages: unused,
      getPackage: unused,
      listPackageVersions: unused,
      yankPackage: unused,
      deletePackageVersion: unused,
      installPackage: unused,
      uninstallPackage: unused,
      getInstallPolicy: unused,
      setInstallPolicy: unused,
      trustKey: unused,
      listTrustedKeys: unused,
      distrustKey: unused,
      downloadPackage: (request) => this.#download(request),
    });
  }

  /** Answers what a template says of it. @param sent is what is sent instead of the files. */
  async publish(files: PackageFiles, sent = files, name = 'acme/greeter', version = '1.0.0'): Promise<PackageKey> {
    this.#archives.set(`${name}@${version}`, await packArchive(sent));
    return { name, version, digest: digestOf(files) };
  }

  async *#download(request: DownloadPackageRequest) {
    this.downloads.push(request);
    if (this.isAway) throw new ConnectError('not now', Code.Unavailable);
    const archive = this.#archives.get(`${request.name}@${request.version}`);
    if (archive === undefined) {
      const message = `no package ${request.name}`;
      throw skeinError({ reason: 'PACKAGE_NOT_FOUND', code: Code.NotFound, message });
    }
    const most = (this.breaks.length > 1 ? this.breaks.shift() : this.breaks[0]) ?? Infinity;
    yield { package: { sizeBytes: BigInt(archive.length), digest: request.digest } };
    let pieces = 0;
    for (let at = Number(request.offsetBytes); at < archive.length; at += PIECE_BYTES) {
      if (pieces === most) throw new ConnectError('the registry crashed', Code.Unavailable);
      pieces += 1;
      yield { data: new Uint8Array(archive.subarray(at, at + PIECE_BYTES)) };
    }
  }
}
