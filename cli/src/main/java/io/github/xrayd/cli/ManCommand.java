package io.github.xrayd.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code xray man}: prints man pages, or writes them and the completions below a directory, for packages. */
final class ManCommand implements Command {
    static final String USAGE =
            """
            Usage: xray man [COMMAND]
                   xray man --install DIR

            Prints the man page of the daemon, or of a command, in the form that man reads: xray man plan | man -l -
            --install writes all pages and the completions for bash, zsh and fish below DIR, where systems look for them when DIR
            is /usr/local/share or ~/.local/share: man/man1, bash-completion/completions/xray, zsh/site-functions/_xray and
            fish/vendor_completions.d/xray.fish.

            Exit code: 0, 1 when a file cannot be written, 2 wrong usage.
            """;

    @Override
    public int run(Invocation invocation) {
        List<String> words = invocation.arguments();
        if (invocation.isHelp()) {
            invocation.out().print(USAGE);
            return Invocation.OK;
        }
        if (words.size() == 2 && words.get(0).equals("--install")) {
            return install(invocation, invocation.directory().resolve(words.get(1)));
        }
        Map<String, String> pages = CommandTree.manPages(invocation);
        String name = words.isEmpty() ? "xray" : "xray-" + String.join("-", words);
        String page = pages.get(name);
        if (page == null) {
            return invocation.wrongUsage("xray man", "there is no page " + name);
        }
        invocation.out().print(page);
        return Invocation.OK;
    }

    private static int install(Invocation invocation, Path directory) {
        try {
            for (Map.Entry<String, String> page :
                    CommandTree.manPages(invocation).entrySet()) {
                write(directory.resolve("man/man1").resolve(page.getKey() + ".1"), page.getValue());
            }
            write(directory.resolve("bash-completion/completions/xray"), CommandTree.completion("bash", invocation));
            write(directory.resolve("zsh/site-functions/_xray"), CommandTree.completion("zsh", invocation));
            write(directory.resolve("fish/vendor_completions.d/xray.fish"), CommandTree.completion("fish", invocation));
            return Invocation.OK;
        } catch (IOException e) {
            invocation.err().println("xray man: " + e);
            return Invocation.FAILED;
        }
    }

    private static void write(Path file, @Nullable String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text == null ? "" : text);
    }
}
