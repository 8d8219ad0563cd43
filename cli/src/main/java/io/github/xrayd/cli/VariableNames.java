package io.github.xrayd.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The environment's variables that begin as this daemon's do. */
final class VariableNames {
    private static final String PREFIX = "XRAY_";
    /** The launcher's own. */
    private static final Set<String> OTHERS = Set.of("XRAY_JAVA_OPTS", "XRAY_ARCHIVE_OUT");

    /** What Kubernetes and Docker set for a service whose name begins with xray. */
    private static final Pattern OF_SERVICES =
            Pattern.compile("XRAY_(.*_)?(SERVICE_(HOST|PORT)(_.*)?|PORT(_[0-9]+_(TCP|UDP)(_.*)?)?|NAME|ENV_.*)");

    private static final int DISTANCE_MAX = 3;

    private VariableNames() {}

    /** A sentence for each variable that no option has. */
    static List<String> warnings(Map<String, String> environment) {
        List<String> warnings = new ArrayList<>();
        for (String name : new TreeSet<>(environment.keySet())) {
            if (name.startsWith(PREFIX) && !isKnown(name)) {
                warnings.add("The environment variable " + name + " is not known and not used" + meant(name) + ".");
            }
        }
        return warnings;
    }

    private static boolean isKnown(String name) {
        if (OTHERS.contains(name) || OF_SERVICES.matcher(name).matches()) {
            return true;
        }
        for (Setting setting : Setting.values()) {
            if (setting.variable().equals(name)) {
                return true;
            }
        }
        return false;
    }

    private static String meant(String name) {
        String nearest = "";
        int distance = DISTANCE_MAX + 1;
        for (Setting setting : Setting.values()) {
            int edits = edits(name, setting.variable());
            if (edits < distance) {
                distance = edits;
                nearest = setting.variable();
            }
        }
        return nearest.isEmpty() ? "" : "; " + nearest + " may be meant";
    }

    /** How many letters must be added, taken away or changed to make one text of the other. */
    private static int edits(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int changed = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }
}
