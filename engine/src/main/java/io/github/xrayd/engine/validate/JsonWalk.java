package io.github.xrayd.engine.validate;

import com.dslplatform.json.JsonReader;
import com.dslplatform.json.NumberConverter;
import com.dslplatform.json.ParsingException;
import java.io.IOException;

/** Walks over one JSON value with dsl-json, checking that it is well-formed and not nested too deeply. */
public final class JsonWalk {
    /** Deeper nesting is refused, so that a hostile document cannot exhaust a thread's stack. */
    static final int DEPTH_MAX = 128;

    private JsonWalk() {}

    /**
     * Passes the value whose first byte the reader has just read.
     *
     * @param depth how many objects and arrays are open around it
     * @throws IOException when it is not well-formed
     */
    public static void value(JsonReader<?> reader, int depth) throws IOException {
        switch (reader.last()) {
            case '"' -> string(reader);
            case '{' -> object(reader, depth + 1);
            case '[' -> array(reader, depth + 1);
            case 't' -> require(reader.wasTrue());
            case 'f' -> require(reader.wasFalse());
            case 'n' -> require(reader.wasNull());
            default -> require(Double.isFinite(NumberConverter.deserializeDouble(reader)));
        }
    }

    private static void object(JsonReader<?> reader, int depth) throws IOException {
        require(depth <= DEPTH_MAX);
        byte token = reader.getNextToken();
        while (token != '}') {
            require(token == '"');
            string(reader);
            require(reader.getNextToken() == ':');
            reader.getNextToken();
            value(reader, depth);
            token = reader.getNextToken();
            if (token == ',') {
                token = reader.getNextToken();
                require(token == '"');
            } else {
                require(token == '}');
            }
        }
    }

    private static void array(JsonReader<?> reader, int depth) throws IOException {
        require(depth <= DEPTH_MAX);
        byte token = reader.getNextToken();
        while (token != ']') {
            value(reader, depth);
            token = reader.getNextToken();
            if (token == ',') {
                token = reader.getNextToken();
                require(token != ']');
            } else {
                require(token == ']');
            }
        }
    }

    private static void string(JsonReader<?> reader) throws IOException {
        reader.readString();
    }

    private static void require(boolean isWellFormed) throws IOException {
        if (!isWellFormed) {
            throw ParsingException.create("not well-formed", false);
        }
    }

    /** Whether only JSON's white space stands from {@code from} up to {@code to}. */
    public static boolean isBlank(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!isBlank(bytes[i])) {
                return false;
            }
        }
        return true;
    }

    static boolean isBlank(byte b) {
        return b == ' ' || b == '\t' || b == '\r' || b == '\n';
    }
}
