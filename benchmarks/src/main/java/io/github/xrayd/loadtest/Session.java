package io.github.xrayd.loadtest;

import io.github.xrayd.results.JsonFiles;
import io.github.xrayd.results.ResultFolder;
import io.github.xrayd.results.Spread;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One run of the load test: every case, every round, one daemon or two in turn; writes {@code runs.json} after each, so
 * that a stop loses nothing.
 */
final class Session {
    private static final String BARE_LOOP = "c-loop";
    private static final int NATIVE_RECEIVE_JAVA = 22;

    private final List<Subject> subjects;
    private final List<Case> cases;
    private final int rounds;
    private final DaemonCases daemonCases;
    private final ResultFolder folder;
    private final Progress progress;
    private final PrintStream out;
    private final List<Map<String, Object>> runs = new ArrayList<>();
    private int number;

    Session(
            List<Subject> subjects,
            List<Case> cases,
            int rounds,
            DaemonCases daemonCases,
            ResultFolder folder,
            Progress progress,
            PrintStream out) {
        this.subjects = List.copyOf(subjects);
        this.cases = List.copyOf(cases);
        this.rounds = rounds;
        this.daemonCases = daemonCases;
        this.folder = folder;
        this.progress = progress;
        this.out = out;
    }

    /**
     * Measures everything.
     *
     * @throws LoadTestException at the first daemon that does not do as it should; what was measured before is in the
     *     folder
     */
    void run() throws LoadTestException, IOException, InterruptedException {
        boolean isReceive = cases.stream().anyMatch(each -> each.kind() == Case.Kind.RECEIVE);
        Optional<Path> bareLoop = isReceive ? BareLoop.compile() : Optional.empty();
        if (isReceive && bareLoop.isEmpty()) {
            out.println("There is no C compiler (cc): receiving is measured without the bare loop in C beside it.");
        }
        for (int round = 1; round <= rounds; round++) {
            for (Case each : cases) {
                if (each.kind() == Case.Kind.RECEIVE) {
                    receive(each, round, bareLoop);
                } else {
                    inTurn(each, round);
                }
            }
        }
        if (subjects.size() > 1) {
            compare(subjects.get(0).label(), subjects.get(1).label());
        }
        if (bareLoop.isPresent()) {
            compare(subjects.get(0).label(), BARE_LOOP);
        }
    }

    /** Who went second goes first in the next round, so that what a neighbour leaves behind hits both. */
    private void inTurn(Case theCase, int round) throws LoadTestException, IOException, InterruptedException {
        for (int i = 0; i < subjects.size(); i++) {
            Subject subject = subjects.get((i + round - 1) % subjects.size());
            begin(subject.label(), theCase);
            add(daemonCases.run(subject, theCase, round));
        }
    }

    private void receive(Case theCase, int round, Optional<Path> bareLoop)
            throws LoadTestException, IOException, InterruptedException {
        Subject own = subjects.get(0);
        if (bareLoop.isPresent()) {
            begin(BARE_LOOP, theCase);
            add(ReceiveCases.run(BARE_LOOP, List.of(bareLoop.get().toString()), theCase, round));
        }
        begin(own.label(), theCase);
        boolean isNative = Runtime.version().feature() >= NATIVE_RECEIVE_JAVA;
        add(ReceiveCases.run(own.label(), ReceiveCases.ownCommand(isNative), theCase, round));
    }

    private void begin(String label, Case theCase) {
        number++;
        int total = 0;
        for (Case each : cases) {
            total += each.kind() == Case.Kind.RECEIVE ? 2 : subjects.size();
        }
        progress.begin(number, total * rounds, label, theCase.name());
    }

    private void add(Map<String, Object> result) throws IOException {
        runs.add(result);
        progress.end(result);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("runs", runs);
        JsonFiles.write(folder.file("runs.json"), json);
    }

    private void compare(String first, String second) throws IOException {
        Map<String, Map<String, Spread>> ratios = Comparison.ratios(runs, first, second);
        if (!ratios.isEmpty()) {
            out.print(Comparison.text(ratios, first, second));
            JsonFiles.write(
                    folder.file("ratios-" + first + "-" + second + ".json"), Comparison.toJson(ratios, first, second));
        }
    }
}
