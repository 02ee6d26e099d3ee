import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import type { StandIn } from './measure';
import { listenForStreams } from './standIn';

const piece = Buffer.alloc(65_536);

/**
 * A stand-in of the Files API whose files are zeros made on the fly: `/…/<bytes>.bin` is a file of that
 * many bytes, and what is uploaded is counted and forgotten. An upload that is shorter than it said is an error.
 */
export async function openFileServer(): Promise<StandIn> {
	const { url, ...server } = await listenForStreams((request, response) => {
		answer(request, response).catch(() => response.destroy());
	});
	return { ...server, settings: { url } };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
	if (request.method === 'PUT') {
		let received = 0;
		for await (const chunk of request) received += Buffer.byteLength(chunk);
		const announced = Number(request.headers['content-length'] ?? received);
		response.writeHead(received === announced ? 204 : 400).end();
		return;
	}
	const size = Number(/\/(\d+)\.bin(?:\?|$)/.exec(request.url ?? '')?.[1]);
	if (Number.isNaN(size)) return void response.writeHead(404).end();
	response.writeHead(200, {
		'content-length': size,
		'content-type': 'application/octet-stream',
		'last-modified': new Date(0).toUTCString(),
	});
	if (request.method === 'HEAD') return void response.end();
	await pipeline(Readable.from(zeros(size), { objectMode: false }), response);
}

function* zeros(size: number): Generator<Buffer> {
	for (let left = size; left > 0; left -= piece.length) {
		yield left < piece.length ? piece.subarray(0, left) : piece;
	}
}
