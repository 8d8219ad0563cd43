package io.github.xrayd.engine.backend;

import java.io.IOException;

/** Looks at foreign JSON before a reader that calls itself for each level does. Pure. */
final class JsonDepth {
    private JsonDepth() {}

    /**
     * Makes sure that arrays and objects are not nested too deep.
     *
     * @param depthMax the deepest level that is allowed
     * @throws IOException when they are
     */
    static void check(byte[] json, int depthMax) throws IOException {
        int depth = 0;
        boolean isText = false;
        for (int i = 0; i < json.length; i++) {
            byte c = json[i];
            if (isText) {
                if (c == '\\') {
                    i++;
                } else if (c == '"') {
                    isText = false;
                }
            } else if (c == '"') {
                isText = true;
            } else if (c == '{' || c == '[') {
                depth++;
                if (depth > depthMax) {
                    throw new IOException("nested deeper than " + depthMax);
                }
            } else if (c == '}' || c == ']') {
                depth--;
            }
        }
    }
}
