package io.lockkeeper.grammar.wasm.split;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.wasm.Parser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever a function computed before it was split, it computes afterwards. */
class ModuleSplitterTest {

    /** The reader of the stack pointer is smaller: it must not have a frame of its own. */
    private static final int FUNCTION_BYTES = 10;

    private static final SplitLimits EVERYTHING = new SplitLimits(FUNCTION_BYTES, 1, 1);

    @ParameterizedTest
    @CsvSource({"1, 1", "20, 60", "60, 250", "200, 2000"})
    void randomFunctionsComputeTheSame(int blockBytes, int chunkBytes) {
        for (long seed = 0; seed < 120; seed++) {
            byte[] original = RandomModule.generate(seed, 20 + 2 * (int) seed);
            byte[] split = ModuleSplitter.split(original, new SplitLimits(FUNCTION_BYTES, blockBytes, chunkBytes));
            assertThat(runs(split)).as("seed %d", seed).isEqualTo(runs(original));
        }
    }

    @Test
    void switchOverThousandsOfCasesComputesTheSame() {
        int cases = 3_000;
        CodeWriter code = new CodeWriter();
        int[] depths = new int[cases + 1];
        for (int i = 0; i <= cases; i++) {
            code.block();
            depths[i] = i;
        }
        code.localGet(0).branchTable(depths);
        for (int i = 0; i < cases; i++) {
            code.end().localGet(0).i32Const(i * 7).i32Add().returnValue();
        }
        byte[] original = RandomModule.module(code.end().i32Const(-5).end());
        byte[] module = ModuleSplitter.split(original, new SplitLimits(6_000, 1_200, 2_600));

        assertThat(new WasmModule(module).functionCount()).isGreaterThan(10);
        Instance split = instance(module);
        for (int index : List.of(0, 1, 127, 128, 2_998, 2_999)) {
            assertThat(run(split, index, 0).returned).isEqualTo(8L * index);
        }
        assertThat(run(split, 3_000, 0).returned).isEqualTo(-5);
        assertThat(run(split, -1, 0).returned).isEqualTo(-5);
    }

    @Test
    void localsBeginWithZeroAlsoWhereTheStackWasUsedBefore() {
        // local 2 is returned, and written only if the first parameter is zero
        CodeWriter code = new CodeWriter().block().localGet(0).branchIf(0).i32Const(99).localSet(2).end();
        byte[] split = ModuleSplitter.split(RandomModule.module(code.localGet(2).end()), EVERYTHING);

        Instance instance = instance(split);
        instance.memory().fill((byte) -1, 0, Memory.PAGE_SIZE);
        assertThat(instance.export("f").apply(0, 0)[0]).isEqualTo(99);
        assertThat(instance.export("f").apply(1, 0)[0]).isZero();
    }

    @Test
    void smallFunctionsAreLeftAlone() {
        byte[] original = RandomModule.generate(1, 100);
        assertThat(new WasmModule(ModuleSplitter.split(original)).functionCount())
                .isEqualTo(new WasmModule(original).functionCount());
    }

    @Test
    void whatIsUnknownIsRefused() {
        byte[] vectors = RandomModule.module(new CodeWriter().bytes(0xFD, 0).i32Const(0).end());
        assertThatThrownBy(() -> ModuleSplitter.split(vectors, EVERYTHING))
                .isInstanceOf(UnsupportedCodeException.class).hasMessageContaining("opcode 0xfd");
    }

    private record Outcome(int returned, String memory, long stackPointer) {}

    private static List<Outcome> runs(byte[] module) {
        Instance instance = instance(module);
        return List.of(run(instance, 0, 0), run(instance, 1, 5), run(instance, -100, 1L << 40));
    }

    private static Instance instance(byte[] module) {
        return Instance.builder(Parser.parse(module)).build();
    }

    private static Outcome run(Instance instance, long... arguments) {
        int returned = (int) instance.export("f").apply(arguments)[0];
        return new Outcome(returned, Arrays.toString(instance.memory().readBytes(0, 64)),
                instance.export("sp").apply()[0]);
    }
}
