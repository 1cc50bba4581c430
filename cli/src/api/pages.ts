/** Largest page of every list in the contracts. */
const MAX_PAGE_SIZE = 1000;

interface PageRequest {
  readonly pageSize: number;
  readonly pageToken: string;
}

interface Page<T> {
  readonly items: readonly T[];
  readonly nextPageToken: string;
}

/** Reads a list page by page, `limit` items at most. */
export async function pagesOf<T>(limit: number, read: (page: PageRequest) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  let pageToken = '';
  do {
    const page = await read({ pageSize: Math.min(MAX_PAGE_SIZE, limit - items.length), pageToken });
    items.push(...page.items);
    pageToken = page.nextPageToken;
  } while (pageToken !== '' && items.length < limit);
  return items.slice(0, limit);
}
