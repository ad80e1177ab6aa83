/**
 * Splits oversized functions of a WebAssembly module, so that each fits into a Java method that HotSpot compiles.
 *
 * <p>A Java method holds at most 64 KiB of bytecode, and HotSpot leaves one of more than 8,000 bytes to its interpreter
 * for ever. PostgreSQL's parser has functions far beyond both. A split function becomes:
 * <ul>
 * <li><b>chunks</b>, functions that hold its code, cut into <b>parts</b>: code that is entered at its beginning alone.
 * A chunk takes the address of a frame and the number of the part to run, and returns the number of the part to run next;
 * <li>a <b>trampoline</b> under the old number and type, which makes the frame on the module's own stack, keeps calling
 * the chunk that holds the next part, and takes the result out of the frame at the end.
 * </ul>
 * Local variables live in the frame between chunks: a chunk reads those it needs when it is entered, and writes back
 * those it changed and someone else still needs.
 *
 * <p>Nothing here knows PostgreSQL. What an instruction does is never changed; only control flow between parts is.
 * {@link io.lockkeeper.grammar.wasm.split.ModuleSplitter} is the place to start reading. The package can be dropped on
 * the day when the compiler splits functions by itself.
 */
package io.lockkeeper.grammar.wasm.split;
