/** A pattern for addresses of Catalog Explorer whose first group is `catalog/schema/name`. */
export function addressPattern(place: string): string {
	return `^\\s*https?:\\/\\/[^\\/]+\\/explore\\/${place}([^\\/?#\\s]+\\/[^\\/?#\\s]+\\/[^\\/?#\\s]+)\\/?(?:[?#].*)?\\s*$`;
}

/** Catalog, schema and name as such an address has them. */
export function partsOfAddress(found: string): string[] {
	return found.split('/').map(decodeURIComponent);
}
