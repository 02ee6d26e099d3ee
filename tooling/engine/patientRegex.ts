import { type RegexEngine, setSafeRegexEngine } from 'n8n-workflow';

/**
 * n8n checks what is typed into a field with expressions that it gives up after 250 ms of the clock
 * on the wall, where its server has no other engine. A busy machine can take as long for a harmless
 * one, so here the expressions, which all come with the nodes, have the time that they need.
 */
export function useRegexWithoutTimeLimit(): void {
	const engine: RegexEngine = {
		exec: (pattern, input, flags) => new RegExp(pattern, flags).exec(input),
		test: (pattern, input, flags) => new RegExp(pattern, flags).test(input),
		replace: (pattern, input, flags, replacement) =>
			input.replace(new RegExp(pattern, flags), replacement),
		matchAll: (pattern, input, flags = '') => [
			...input.matchAll(new RegExp(pattern, flags.includes('g') ? flags : `${flags}g`)),
		],
		split: (pattern, input, flags) => input.split(new RegExp(pattern, flags)),
	};
	setSafeRegexEngine(engine);
}
