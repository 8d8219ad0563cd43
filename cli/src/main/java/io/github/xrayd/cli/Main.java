package io.github.xrayd.cli;

import java.nio.file.Path;
import java.util.List;

/** The entry point of the {@code xray} command. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(Xray.run(new Invocation(List.of(args), System.getenv(), Path.of(""), System.out, System.err)));
    }
}
