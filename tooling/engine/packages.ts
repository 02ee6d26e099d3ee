import './prepareProcess';
import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LazyPackageDirectoryLoader, PackageDirectoryLoader } from 'n8n-core';
import {
	NodeHelpers,
	type ICredentialType,
	type INodeProperties,
	type INodeType,
	type INodeTypes,
	type IVersionedNodeType,
} from 'n8n-workflow';

/**
 * The node packages of one engine, loaded the way n8n loads them: from the compiled files that the
 * `n8n` section of a package.json names, or lazily when the package brings its own index of types.
 */
export class NodePackages implements INodeTypes {
	private readonly loaders = new Map<string, PackageDirectoryLoader>();

	constructor(private readonly directories: string[]) {}

	/** Loads every package directory. Throws when a file that a package.json lists cannot be loaded. */
	async load(): Promise<void> {
		for (const directory of this.directories) {
			const isLazy = existsSync(join(directory, 'dist', 'known', 'nodes.json'));
			const loader = isLazy
				? new LazyPackageDirectoryLoader(directory)
				: new PackageDirectoryLoader(directory);
			await loader.loadAll();
			this.loaders.set(loader.packageName, loader);
		}
	}

	getByName(fullName: string): INodeType | IVersionedNodeType {
		const dot = fullName.lastIndexOf('.');
		const loader = this.loaders.get(fullName.slice(0, dot));
		if (!loader) {
			throw new Error(
				`No package was loaded for the node type '${fullName}'. Loaded: ${[...this.loaders.keys()].join(', ')}`,
			);
		}
		return loader.getNode(fullName.slice(dot + 1)).type;
	}

	getByNameAndVersion(fullName: string, version?: number): INodeType {
		return NodeHelpers.getVersionedNodeType(this.getByName(fullName), version);
	}

	getKnownTypes(): Record<string, never> {
		return {};
	}

	/** The credential type of that name; undefined when no loaded package has it. */
	credentialType(name: string): ICredentialType | undefined {
		for (const loader of this.loaders.values()) {
			if (name in loader.known.credentials) return loader.getCredential(name).type;
		}
		return undefined;
	}

	/** All types that a credential type extends, nearest first. */
	parentTypes(name: string): string[] {
		const parents = this.credentialType(name)?.extends ?? [];
		return parents.flatMap((parent) => [parent, ...this.parentTypes(parent)]);
	}

	/** Own and inherited properties of a credential type; an own property replaces an inherited one. */
	credentialProperties(name: string): INodeProperties[] {
		const type = this.credentialType(name);
		if (!type) return [];
		const merged = new Map<string, INodeProperties>();
		for (const parent of type.extends ?? []) {
			for (const property of this.credentialProperties(parent)) {
				if (!property.doNotInherit) merged.set(property.name, property);
			}
		}
		for (const property of type.properties) merged.set(property.name, property);
		return [...merged.values()];
	}
}
