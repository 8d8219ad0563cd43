package io.github.xrayd.engine.run;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * Loads the classes of a jar before they are needed: an upgrade may rewrite the jar in place, and descriptors may be
 * short, and then a class that was not loaded by then never is. What ends the daemon must not depend on that.
 */
public final class OwnClasses {
    private static final String RECORDED = "/flight/jfr/";
    private static final String SUFFIX = ".class";

    private OwnClasses() {}

    /**
     * Loads what lies below the package of {@code anchor} in its jar; nothing when it does not come from a jar. Left
     * out are the events of Java Flight Recorder, which only a recording needs.
     *
     * @return how many classes are loaded
     * @throws IOException when the jar cannot be read
     */
    public static int load(Class<?> anchor) throws IOException {
        CodeSource source = anchor.getProtectionDomain().getCodeSource();
        if (source == null || source.getLocation() == null) {
            return 0;
        }
        Path path;
        try {
            path = Path.of(source.getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IOException("not a path: " + source.getLocation(), e);
        }
        if (!Files.isRegularFile(path)) {
            return 0;
        }
        int count = 0;
        String folder = anchor.getPackageName().replace('.', '/') + "/";
        try (JarFile jar = new JarFile(path.toFile())) {
            for (JarEntry entry : jar.stream().toList()) {
                String name = entry.getName();
                if (name.startsWith(folder)
                        && name.endsWith(SUFFIX)
                        && !name.contains(RECORDED)
                        && isLoaded(name, anchor)) {
                    count++;
                }
            }
        }
        return count;
    }

    private static boolean isLoaded(String entry, Class<?> anchor) {
        String name = entry.substring(0, entry.length() - SUFFIX.length()).replace('/', '.');
        try {
            Class.forName(name, false, anchor.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            // package-info, or made for another Java.
            return false;
        }
    }
}
