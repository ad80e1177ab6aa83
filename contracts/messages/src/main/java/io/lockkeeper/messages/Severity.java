package io.lockkeeper.messages;

/** How bad a failed check is: P0 and P1 are NO_GO, P2 needs a signed exception, P3 is reported. */
public enum Severity {
    P0, P1, P2, P3;

    public boolean forbidsGo() {
        return this == P0 || this == P1;
    }
}
