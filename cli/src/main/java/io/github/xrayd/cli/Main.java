package io.github.xrayd.cli;

import java.nio.file.Path;
import java.util.List;

/** The entry point of the {@code xray} command. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        int code = Invocation.FAILED;
        try {
            code = Xray.run(new Invocation(List.of(args), System.getenv(), Path.of(""), System.out, System.err));
        } catch (Throwable e) {
            // Threads that do not end by themselves must not keep a process whose main thread is gone.
            e.printStackTrace(System.err);
            code = e instanceof OutOfMemoryError ? Invocation.OUT_OF_MEMORY : Invocation.FAILED;
        }
        System.exit(code);
    }
}
