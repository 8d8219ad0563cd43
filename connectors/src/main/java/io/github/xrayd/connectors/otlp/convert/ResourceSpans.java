package io.github.xrayd.connectors.otlp.convert;

import java.util.ArrayList;
import java.util.List;

/** Spans of one resource and one scope. Made by a converter or decoder; opaque to everyone outside this package. */
public final class ResourceSpans {
    final Attributes resource;
    final String scopeName;
    final String scopeVersion;
    final Attributes scope;
    final List<Span> spans;

    ResourceSpans(Attributes resource, String scopeName, String scopeVersion, Attributes scope) {
        this.resource = resource;
        this.scopeName = scopeName;
        this.scopeVersion = scopeVersion;
        this.scope = scope;
        spans = new ArrayList<>();
    }

    /** The same resource and scope with no spans. */
    ResourceSpans empty() {
        return new ResourceSpans(resource, scopeName, scopeVersion, scope);
    }

    /** How many spans there are. */
    public int spanCount() {
        return spans.size();
    }
}
