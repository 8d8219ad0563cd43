package io.github.xrayd.report;

import io.github.xrayd.results.JsonFiles;
import io.github.xrayd.results.ResultFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** All result folders; of each set and daemon the newest counts. */
final class Results {
    private static final String RUNS = "runs.json";

    private final List<Folder> folders;

    /**
     * One result folder.
     *
     * @param name its own name
     * @param environment what its environment.json holds
     */
    record Folder(String name, Path path, Run environment) {
        String set() {
            return environment.text("set");
        }

        String time() {
            return environment.text("time");
        }
    }

    private Results(List<Folder> folders) {
        this.folders = folders;
    }

    /**
     * Reads every folder that has an environment.json.
     *
     * @throws IOException when one of them cannot be read, naming it
     */
    static Results read(Path home) throws IOException {
        List<Folder> folders = new ArrayList<>();
        if (Files.isDirectory(home)) {
            try (Stream<Path> paths = Files.list(home)) {
                for (Path path : paths.toList()) {
                    Path environment = path.resolve(ResultFolder.ENVIRONMENT);
                    if (Files.exists(environment)) {
                        folders.add(new Folder(
                                String.valueOf(path.getFileName()), path, new Run(JsonFiles.readObject(environment))));
                    }
                }
            }
        }
        folders.sort(Comparator.comparing(Folder::time).thenComparing(Folder::name));
        return new Results(folders);
    }

    /** All of them, oldest first. */
    List<Folder> folders() {
        return folders;
    }

    /** The newest folder of a set for each Java, older Java first. */
    List<Folder> newestByJava(String set) {
        Map<Double, Folder> newest = new TreeMap<>();
        for (Folder folder : folders) {
            if (folder.set().equals(set)) {
                newest.put(folder.environment().figure("javaMajor"), folder);
            }
        }
        return List.copyOf(newest.values());
    }

    /**
     * The newest figures of a set for each daemon; ours first, then in the order of their names.
     *
     * @throws IOException when a file cannot be read
     */
    List<Measured> measured(String set) throws IOException {
        Map<String, Measured> newest = new LinkedHashMap<>();
        for (Folder folder : folders) {
            Path runs = folder.path().resolve(RUNS);
            if (folder.set().equals(set) && Files.exists(runs)) {
                for (Measured measured : read(folder, runs)) {
                    newest.put(measured.name(), measured);
                }
            }
        }
        return newest.values().stream()
                .sorted(Comparator.comparing((Measured each) -> !each.name().startsWith(Peer.OURS))
                        .thenComparing(Measured::name))
                .toList();
    }

    private static List<Measured> read(Folder folder, Path file) throws IOException {
        Map<String, List<Run>> bySubject = new LinkedHashMap<>();
        if (JsonFiles.readObject(file).get("runs") instanceof List<?> runs) {
            for (Object run : runs) {
                if (run instanceof Map<?, ?> json) {
                    bySubject
                            .computeIfAbsent(String.valueOf(json.get("subject")), name -> new ArrayList<>())
                            .add(new Run(json));
                }
            }
        }
        List<Measured> measured = new ArrayList<>();
        bySubject.forEach((subject, runs) ->
                measured.add(new Measured(shownName(folder, subject), folder.name(), folder.time(), runs)));
        return measured;
    }

    /** Ours with its Java's number; others as they are called. */
    private static String shownName(Folder folder, String subject) {
        if (!subject.startsWith(Peer.OURS)) {
            return subject;
        }
        if (folder.environment().json().get("subjects") instanceof List<?> subjects) {
            for (Object each : subjects) {
                if (each instanceof Map<?, ?> json && subject.equals(json.get("label"))) {
                    String java = String.valueOf(json.get("java"));
                    int dot = java.indexOf('.');
                    return subject + ", Java " + (dot < 0 ? java : java.substring(0, dot));
                }
            }
        }
        return subject;
    }
}
