package io.github.xrayd.engine.http;

import java.io.IOException;

/** Ends the work on a request that is not served. An I/O exception, as HttpCore's decoders let no other through. */
public final class RefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient Refusal refusal;

    public RefusedException(Refusal refusal) {
        super(refusal.message());
        this.refusal = refusal;
    }

    public Refusal refusal() {
        return refusal;
    }
}
