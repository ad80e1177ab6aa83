package io.lockkeeper.grammar.wasm.split;

/**
 * Sizes in bytes of WebAssembly code; a byte becomes two to three of Java bytecode.
 *
 * @param functionBytes larger functions are split
 * @param blockBytes larger blocks are cut into parts, smaller ones stay whole
 * @param chunkBytes parts are gathered into chunks up to this size
 */
record SplitLimits(int functionBytes, int blockBytes, int chunkBytes) {}
