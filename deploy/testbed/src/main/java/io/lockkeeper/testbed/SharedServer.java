package io.lockkeeper.testbed;

import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One server per JVM, not per class loader: a test framework that loads tests by loaders of its own has every class
 * here several times, and each copy would start a server. What all copies share is the system properties, which hold
 * the server's address from its start to the JVM's end.
 */
final class SharedServer {

    private SharedServer() {}

    /**
     * @param start makes and starts the server, in the first copy that asks
     * @param address tells where the started server is
     * @param attach makes a client of the server at that address, in every other copy
     */
    static <S> S startOrAttach(String name, Supplier<S> start, Function<S, String> address,
            Function<String, S> attach) {
        var property = "lockkeeper.testbed.shared." + name;
        // Interned strings are one per JVM too: the only lock that all copies see.
        synchronized (property.intern()) {
            var known = System.getProperty(property);
            if (known != null) {
                return attach.apply(known);
            }
            var server = start.get();
            System.setProperty(property, address.apply(server));
            return server;
        }
    }
}
