package io.lockkeeper.executor.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** For each test a shop with 100 orders, and an executor at work on it: both are had as parameters of {@code @BeforeEach}. */
public final class OrdersAtWork implements BeforeEachCallback, AfterEachCallback, ParameterResolver {

    private static final ExtensionContext.Namespace OURS = ExtensionContext.Namespace.create(OrdersAtWork.class);

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        Shop shop = Shop.open(Files.createTempDirectory("orders-at-work"));
        shop.execute("CREATE TABLE orders (id int PRIMARY KEY, note text)",
                "INSERT INTO orders SELECT g, 'n' || g FROM generate_series(1, 100) g");
        context.getStore(OURS).put(Shop.class, shop);
        context.getStore(OURS).put(Engine.class, Engine.started(shop));
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        context.getStore(OURS).get(Engine.class, Engine.class).close();
        Shop shop = context.getStore(OURS).get(Shop.class, Shop.class);
        shop.close();
        try (var files = Files.walk(shop.home())) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return List.of(Shop.class, Engine.class).contains(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getStore(OURS).get(parameter.getParameter().getType());
    }
}
