package io.github.xrayd.plan.input;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Recorded arrivals: from which second on how many segments came until the next line. */
final class Traces {
    private static final int LINES_MAX = 5_000_000;

    private Traces() {}

    /**
     * Reads lines of {@code seconds,segments}; a first line of words is skipped.
     *
     * @throws InvalidInputException when a line is not of that form, or times do not grow
     */
    static List<double[]> read(Path path) {
        List<String> lines;
        try {
            lines = Files.readAllLines(path);
        } catch (IOException e) {
            throw new InvalidInputException("trace: " + path + " cannot be read: " + e.getMessage(), e);
        }
        if (lines.size() > LINES_MAX) {
            throw new InvalidInputException("trace: more than " + LINES_MAX + " lines; take fewer");
        }
        List<double[]> points = new ArrayList<>(lines.size());
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).trim();
            if (line.isEmpty() || line.startsWith("#") || (i == 0 && Character.isLetter(line.charAt(0)))) {
                continue;
            }
            points.add(point(line, path.getFileName() + " line " + (i + 1)));
            int last = points.size() - 1;
            if (last > 0 && points.get(last)[0] <= points.get(last - 1)[0]) {
                throw new InvalidInputException(
                        "trace: " + path.getFileName() + " line " + (i + 1) + ": times must grow from line to line");
            }
        }
        if (points.size() < 2) {
            throw new InvalidInputException("trace: " + path + " needs two lines of seconds,segments at least");
        }
        double sum = points.stream().mapToDouble(point -> point[1]).sum();
        if (sum <= 0) {
            throw new InvalidInputException("trace: " + path + " has no segment");
        }
        return points;
    }

    private static double[] point(String line, String where) {
        String[] columns = line.split("[,;\\s]+", -1);
        try {
            if (columns.length == 2) {
                double[] point = {Double.parseDouble(columns[0]), Double.parseDouble(columns[1])};
                if (point[0] >= 0 && point[0] < 1e10 && point[1] >= 0 && point[1] < 1e9) {
                    return point;
                }
            }
        } catch (NumberFormatException e) {
            throw new InvalidInputException("trace: " + where + ": \"" + line + "\" is not seconds,segments", e);
        }
        throw new InvalidInputException("trace: " + where + ": \"" + line + "\" is not seconds,segments");
    }

    /** Seconds from the first line to the end of the last, which lasts as long as the one before. */
    static double span(List<double[]> points) {
        int last = points.size() - 1;
        return points.get(last)[0] - points.get(0)[0] + (points.get(last)[0] - points.get(last - 1)[0]);
    }

    static double mean(List<double[]> points) {
        return points.stream().mapToDouble(point -> point[1]).sum() / span(points);
    }

    /** How many times the mean the highest rate over a second or more is. */
    static double peak(List<double[]> points) {
        double most = 0;
        int from = 0;
        double count = 0;
        for (int to = 0; to < points.size(); to++) {
            count += points.get(to)[1];
            double end = to + 1 < points.size() ? points.get(to + 1)[0] : points.get(0)[0] + span(points);
            while (from < to && end - points.get(from + 1)[0] >= 1) {
                count -= points.get(from)[1];
                from++;
            }
            double seconds = end - points.get(from)[0];
            if (seconds >= 1 || from == 0) {
                most = Math.max(most, count / Math.max(1, seconds));
            }
        }
        return Math.max(1, most / mean(points));
    }
}
