package io.github.xrayd.engine.proxy;

import java.io.IOException;

/** Ends the work on a request that is not served. An I/O exception, as HttpCore's decoders let no other through. */
final class RefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient Refusal refusal;

    RefusedException(Refusal refusal) {
        super(refusal.message());
        this.refusal = refusal;
    }

    Refusal refusal() {
        return refusal;
    }
}
