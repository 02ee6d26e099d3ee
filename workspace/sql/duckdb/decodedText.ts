const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The text of bytes as Java decodes UTF-8: each part that is malformed is one U+FFFD. TextDecoder differs
 * in half a surrogate pair (ED A0..BF, and a byte that follows), which is one part to Java (measured
 * with Spark 4.1): such a part is replaced by one byte that no text has.
 */
export function decodedText(bytes: Uint8Array): string {
	const kept: number[] = [];
	for (let index = 0; index < bytes.length; index += 1) {
		const byte = bytes[index] ?? 0;
		const next = bytes[index + 1] ?? 0;
		if (byte !== 0xed || next < 0xa0 || next > 0xbf) {
			kept.push(byte);
			continue;
		}
		const third = bytes[index + 2] ?? 0;
		index += third >= 0x80 && third <= 0xbf ? 2 : 1;
		kept.push(0xff);
	}
	return decoder.decode(Uint8Array.from(kept));
}
