package io.github.xrayd.benchmarks;

import com.dslplatform.json.DslJson;

/** The JSON library as anybody would use it, for the alternatives. */
final class Json {
    static final DslJson<Object> INSTANCE = new DslJson<>();

    private Json() {}
}
