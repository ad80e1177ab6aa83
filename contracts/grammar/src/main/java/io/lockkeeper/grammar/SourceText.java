package io.lockkeeper.grammar;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * A script as the parser sees it, and the way back. The parser counts tree locations in UTF-8 bytes and error positions
 * in code points; a Java string counts UTF-16 units; a reader counts lines and characters.
 */
final class SourceText {

    private final String text;
    private final int[] lineStarts;
    /** Per UTF-8 byte the offset of its character, plus one entry for the end; empty for pure ASCII: same offsets. */
    private final int[] offsetOfByte;

    SourceText(String text) {
        this.text = text;
        this.lineStarts = lineStarts(text);
        this.offsetOfByte = isAscii(text) ? new int[0] : offsetsOfBytes(text);
    }

    /** @return why and where the text cannot even be handed to the parser */
    Optional<SyntaxError> unreadable() {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\0') {
                return Optional.of(error("a NUL character is not allowed in SQL", i));
            }
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                return Optional.of(error("half a character (an unpaired surrogate); was the file read as UTF-8?", i));
            }
        }
        return Optional.empty();
    }

    byte[] utf8(String padding) {
        return (padding + text).getBytes(StandardCharsets.UTF_8);
    }

    String slice(int start, int end) {
        return text.substring(start, end);
    }

    int length() {
        return text.length();
    }

    /** @param position in UTF-8 bytes, from 0; one past the end is the end */
    int offsetOfByte(int position) {
        if (offsetOfByte.length == 0) {
            return Math.min(Math.max(position, 0), text.length());
        }
        return offsetOfByte[Math.min(Math.max(position, 0), offsetOfByte.length - 1)];
    }

    /** @param position in code points, from 0; beyond the end is the end */
    int offsetOfCodePoint(int position) {
        if (position <= 0) {
            return 0;
        }
        boolean beyondEnd = position >= text.codePointCount(0, text.length());
        return beyondEnd ? text.length() : text.offsetByCodePoints(0, position);
    }

    int line(int offset) {
        int found = Arrays.binarySearch(lineStarts, offset);
        return found >= 0 ? found + 1 : -found - 1;
    }

    int column(int offset) {
        return text.codePointCount(lineStarts[line(offset) - 1], offset) + 1;
    }

    SyntaxError error(String message, int offset) {
        return new SyntaxError(message, line(offset), column(offset), offset);
    }

    /** @return the first character that is not white space, or 0 when there is none */
    int firstVisible() {
        for (int i = 0; i < text.length(); i++) {
            if (!Character.isWhitespace(text.charAt(i))) {
                return i;
            }
        }
        return 0;
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 0x80);
    }

    private static int[] lineStarts(String text) {
        int[] starts = new int[16];
        int count = 1;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean carriageReturnOfPair = c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n';
            if (c == '\n' || c == '\r' && !carriageReturnOfPair) {
                if (count == starts.length) {
                    starts = Arrays.copyOf(starts, 2 * count);
                }
                starts[count++] = i + 1;
            }
        }
        return Arrays.copyOf(starts, count);
    }

    private static int[] offsetsOfBytes(String text) {
        int[] offsets = new int[text.getBytes(StandardCharsets.UTF_8).length + 1];
        int position = 0;
        for (int i = 0; i < text.length();) {
            int codePoint = text.codePointAt(i);
            Arrays.fill(offsets, position, position + utf8Length(codePoint), i);
            position += utf8Length(codePoint);
            i += Character.charCount(codePoint);
        }
        offsets[position] = text.length();
        return offsets;
    }

    private static int utf8Length(int codePoint) {
        if (codePoint < 0x80) {
            return 1;
        }
        if (codePoint < 0x800) {
            return 2;
        }
        if (codePoint < 0x10000) {
            boolean unpairedSurrogate = codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
            return unpairedSurrogate ? 1 : 3; // It is encoded as a question mark.
        }
        return 4;
    }
}
