package io.github.xrayd.cli;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** The entry point of the {@code xray} command. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        // UTF-8 whatever the locale: what is printed has letters and signs that LC_ALL=C has not.
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        int code = Invocation.FAILED;
        try {
            code = Xray.run(new Invocation(List.of(args), System.getenv(), Path.of(""), out, err));
        } catch (Throwable e) {
            // Threads that do not end by themselves must not keep a process whose main thread is gone.
            e.printStackTrace(err);
            code = e instanceof OutOfMemoryError ? Invocation.OUT_OF_MEMORY : Invocation.FAILED;
        }
        System.exit(code);
    }
}
