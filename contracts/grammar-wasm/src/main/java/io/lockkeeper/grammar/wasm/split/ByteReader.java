package io.lockkeeper.grammar.wasm.split;

import java.util.Arrays;

/** Reads WebAssembly's binary format. */
final class ByteReader {

    private final byte[] bytes;
    private final int end;
    private int position;

    ByteReader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    private ByteReader(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.position = start;
        this.end = end;
    }

    boolean hasMore() {
        return position < end;
    }

    int position() {
        return position;
    }

    int unsignedByte() {
        return bytes[position++] & 0xFF;
    }

    /** An unsigned number of 32 bits in LEB128: seven bits a byte, least significant first, high bit: more follow. */
    int number() {
        int result = 0;
        for (int shift = 0;; shift += 7) {
            int next = unsignedByte();
            result |= (next & 0x7F) << shift;
            if (next < 0x80) {
                return result;
            }
        }
    }

    /** Passes over a number in LEB128, signed or not, of any width. */
    void skipNumber() {
        while (unsignedByte() >= 0x80) {
            // the last byte lacks the high bit
        }
    }

    void skip(int count) {
        position += count;
    }

    /** @return the next bytes, which this reader passes over */
    ByteReader slice(int length) {
        ByteReader slice = new ByteReader(bytes, position, position + length);
        position += length;
        return slice;
    }

    byte[] copyFrom(int start) {
        return Arrays.copyOfRange(bytes, start, position);
    }

    byte[] rest() {
        return Arrays.copyOfRange(bytes, position, end);
    }
}
