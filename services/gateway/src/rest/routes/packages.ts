import { Readable } from 'node:stream';
import { PackageSchema, type Package } from '@skein/contracts/registry';
import { invalidField } from '../../errors/invalid-request.ts';
import { ref } from '../../presentation/message-schema.ts';
import { present } from '../../presentation/present.ts';
import { callOptions } from '../../upstream/call-options.ts';
import type { Clients } from '../../upstream/clients.ts';
import type { RestApp } from '../rest-app.ts';
import { answers, fields, pageOf, pageQuery, pageSchema, pathParams, query } from '../route-schema.ts';
import type { NamespaceQuery, PageQuery } from '../route-schema.ts';

/** The two parts of a package's name. */
export interface PackageParams {
  readonly publisher: string;
  readonly package: string;
}

interface SearchQuery extends PageQuery {
  readonly text?: string;
  readonly capability?: string;
  readonly agent_type?: string;
  readonly publisher?: string;
}

interface VersionQuery extends NamespaceQuery {
  readonly version?: string;
}

const TAGS = ['packages'];
const GZIP = 'application/gzip';
/** What the registry takes, and a little, so that it is the one to say that it is too much. */
const ARCHIVE_LIMIT_BYTES = 13 * 1024 * 1024;
const PACKAGE = { ...ref('Package'), description: 'The version.' };
const BASE = '/api/v1/packages/:publisher/:package';

const PACKAGE_PARAM_DOCS = { publisher: 'The part of its name before the slash.', package: 'The part after it.' };
/** The parameters of every path of one package. */
export const PACKAGE_PARAMS = pathParams(PACKAGE_PARAM_DOCS);
/** The version that is meant. */
export const VERSION = {
  version: {
    type: 'string',
    description: 'A version, or a range such as `^1.2`. Default: the newest that is no prerelease.',
  },
};

/** `POST` and `GET /api/v1/packages`, and of one package its versions and archive. */
export function packageRoutes(app: RestApp, { catalogue }: Clients): void {
  publishRoute(app, catalogue);
  archiveRoute(app, catalogue);
  deleteRoute(app, catalogue);

  app.route<{ Querystring: SearchQuery }>({
    method: 'GET',
    url: '/api/v1/packages',
    schema: {
      operationId: 'searchPackages',
      tags: TAGS,
      summary: 'Find packages, the newest version of each',
      querystring: pageQuery({
        text: { type: 'string', description: 'Part of the name or description, in any case.' },
        capability: { type: 'string', description: 'A capability that it has.' },
        agent_type: { type: 'string', description: 'Its type.' },
        publisher: { type: 'string', description: 'The part of its name before the slash.' },
      }),
      response: answers({ 200: pageSchema('packages', 'Package', 'A page of packages.') }),
    },
    async handler(request) {
      const { namespace = '', text = '', capability = '', agent_type: agentType = '', publisher = '' } = request.query;
      const { page_size: pageSize = 0, page_token: pageToken = '' } = request.query;
      const search = { namespace, text, capability, agentType, publisher, pageSize, pageToken };
      const found = await catalogue.searchPackages(search, callOptions(request));
      return pageOf('packages', found.packages.map(shown), found.nextPageToken);
    },
  });

  app.route<{ Params: PackageParams; Querystring: VersionQuery }>({
    method: 'GET',
    url: BASE,
    schema: {
      operationId: 'getPackage',
      tags: TAGS,
      summary: 'Get one version of a package',
      params: PACKAGE_PARAMS,
      querystring: query(VERSION),
      response: answers({ 200: PACKAGE }),
    },
    async handler(request) {
      const asked = { ...namedPackage(request), version: request.query.version ?? '' };
      return shown((await catalogue.getPackage(asked, callOptions(request))).package);
    },
  });

  app.route<{ Params: PackageParams; Querystring: NamespaceQuery }>({
    method: 'GET',
    url: `${BASE}/versions`,
    schema: {
      operationId: 'listPackageVersions',
      tags: TAGS,
      summary: 'List every version of a package, the newest first',
      params: PACKAGE_PARAMS,
      querystring: query(),
      response: answers({
        200: { ...fields({ packages: { type: 'array', items: ref('Package') } }, ['packages']), description: 'All.' },
      }),
    },
    async handler(request) {
      const { packages } = await catalogue.listPackageVersions(namedPackage(request), callOptions(request));
      return { packages: packages.map(shown) };
    },
  });

  app.route<{ Params: PackageParams; Querystring: NamespaceQuery; Body: { version: string; undo?: boolean } }>({
    method: 'POST',
    url: `${BASE}/yank`,
    schema: {
      operationId: 'yankPackage',
      tags: TAGS,
      summary: 'Take a version out of ranges and searches, or put it back',
      params: PACKAGE_PARAMS,
      querystring: query(),
      body: {
        ...fields(
          {
            version: { type: 'string', description: 'The version exactly.' },
            undo: { type: 'boolean', description: 'Put it back.' },
          },
          ['version'],
        ),
        examples: [{ version: '1.0.0' }],
      },
      response: answers({ 200: PACKAGE }),
    },
    async handler(request) {
      const { version, undo = false } = request.body;
      const asked = { ...namedPackage(request), version, undo };
      return shown((await catalogue.yankPackage(asked, callOptions(request))).package);
    },
  });
}

function deleteRoute(app: RestApp, catalogue: Clients['catalogue']): void {
  app.route<{ Params: PackageParams & { readonly version: string }; Querystring: NamespaceQuery }>({
    method: 'DELETE',
    url: `${BASE}/versions/:version`,
    schema: {
      operationId: 'deletePackageVersion',
      tags: TAGS,
      summary: 'Delete a version that is installed nowhere',
      description: 'Its name and version are not given to other files. Repeatable.',
      params: pathParams({ ...PACKAGE_PARAM_DOCS, version: 'The version exactly.' }),
      querystring: query(),
      response: answers({ 204: { type: 'null', description: 'It is deleted.' } }),
    },
    async handler(request, reply) {
      const asked = { ...namedPackage(request), version: request.params.version };
      await catalogue.deletePackageVersion(asked, callOptions(request));
      return reply.status(204).send();
    },
  });
}

function publishRoute(app: RestApp, catalogue: Clients['catalogue']): void {
  app.addContentTypeParser(GZIP, { parseAs: 'buffer', bodyLimit: ARCHIVE_LIMIT_BYTES }, (_request, body, done) => {
    done(null, body);
  });
  app.route<{ Querystring: NamespaceQuery; Body: unknown }>({
    method: 'POST',
    url: '/api/v1/packages',
    bodyLimit: ARCHIVE_LIMIT_BYTES,
    schema: {
      operationId: 'publishPackage',
      tags: TAGS,
      summary: 'Publish a version of a package',
      description: 'The same files again are the same version; other files need another one.',
      consumes: [GZIP],
      querystring: query(),
      body: {
        content: { [GZIP]: { schema: { description: 'The `.tar.gz`, at most 12 MiB.', examples: ['H4sIAAAA…'] } } },
      },
      response: answers({
        200: { ...PACKAGE, description: 'It was there before.' },
        201: { ...PACKAGE, description: 'It is new.' },
      }),
    },
    async handler(request, reply) {
      const archive = request.body;
      if (!Buffer.isBuffer(archive)) throw invalidField('body', `give the archive, as ${GZIP}`);
      const { namespace = '' } = request.query;
      const answer = await catalogue.publishPackage(
        { namespace, archive: new Uint8Array(archive) },
        callOptions(request),
      );
      const { name = '' } = answer.package?.manifest ?? {};
      reply.status(answer.created ? 201 : 200).header('location', `/api/v1/packages/${name}`);
      return shown(answer.package);
    },
  });
}

interface ArchiveQuery extends VersionQuery {
  readonly digest?: string;
  readonly offset_bytes?: number;
}

function archiveRoute(app: RestApp, catalogue: Clients['catalogue']): void {
  app.route<{ Params: PackageParams; Querystring: ArchiveQuery }>({
    method: 'GET',
    url: `${BASE}/archive`,
    schema: {
      operationId: 'downloadPackage',
      tags: TAGS,
      summary: 'Download the archive as it was published',
      description:
        'A download that broke off goes on with `offset_bytes` and the `digest` that its `etag` said. An archive is whole when it ' +
        'has as many bytes as `content-length` said.',
      params: PACKAGE_PARAMS,
      querystring: query({
        ...VERSION,
        digest: { type: 'string', description: 'Only if it has this digest.' },
        offset_bytes: { type: 'integer', minimum: 0, description: 'Bytes to leave out at the beginning. Default: 0.' },
      }),
      response: answers({
        200: {
          description: 'The archive.',
          content: { [GZIP]: { schema: { type: 'string', description: 'The `.tar.gz`.' } } },
        },
      }),
    },
    async handler(request, reply) {
      const { version = '', digest = '', offset_bytes: offset = 0 } = request.query;
      const asked = { ...namedPackage(request), version, digest, offsetBytes: BigInt(offset) };
      const pieces = catalogue.downloadPackage(asked, callOptions(request))[Symbol.asyncIterator]();
      const first = await pieces.next();
      const found = first.done === true ? undefined : first.value.package;
      if (found === undefined) throw new Error('the registry answered without the package');
      const rest = async function* () {
        for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) yield next.value.data;
      };
      reply.header('content-length', Number(found.sizeBytes) - offset).header('etag', `"${found.digest}"`);
      return reply.type(GZIP).send(Readable.from(rest(), { objectMode: false }));
    },
  });
}

/** The package of a path. */
export function namedPackage(request: { readonly params: PackageParams; readonly query: NamespaceQuery }) {
  const { publisher, package: name } = request.params;
  return { namespace: request.query.namespace ?? '', name: `${publisher}/${name}` };
}

function shown(found: Package | undefined): object {
  if (found === undefined) throw new Error('the registry answered without the package');
  return present(PackageSchema, found);
}
