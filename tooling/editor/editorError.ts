/** Something that the person who started the editor can mend; the message says what and how. */
export class EditorError extends Error {}
