package io.github.xrayd.plan.model;

import java.util.List;

/**
 * One figure over two settings.
 *
 * @param id for machines
 * @param title what is swept
 * @param xTitle what varies along a row
 * @param x its values
 * @param series what varies from row to row, as text
 * @param values a row for each series, a value for each x
 */
public record Sweep(
        String id, String title, String xTitle, List<Double> x, List<String> series, List<List<Double>> values) {}
