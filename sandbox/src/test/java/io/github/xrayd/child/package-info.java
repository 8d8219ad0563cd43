@org.jspecify.annotations.NullMarked
package io.github.xrayd.child;
