#include "linear_bridge.h"

#include <linear.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct saccade_linear_examples {
    long rows, columns;
    double bias;  // 0: none
    struct feature_node **starts;
    struct feature_node *nodes;
};

saccade_linear_examples *saccade_linear_examples_create(
    long rows, long columns, const float *features, double bias) {
    size_t count = 0, width = (size_t)columns;
    for (size_t i = 0; i < (size_t)rows * width; i++) count += features[i] != 0;
    // Behind each example come the bias and an end.
    count += (size_t)rows * (bias != 0 ? 2 : 1);
    saccade_linear_examples *examples = malloc(sizeof *examples);
    struct feature_node **starts = malloc((size_t)rows * sizeof *starts), *nodes = malloc(count * sizeof *nodes);
    if (!examples || !starts || !nodes) {
        free(examples);
        free(starts);
        free(nodes);
        return NULL;
    }
    struct feature_node *next = nodes;
    for (long row = 0; row < rows; row++) {
        const float *x = features + (size_t)row * width;
        starts[row] = next;
        for (size_t column = 0; column < width; column++)
            if (x[column] != 0) *next++ = (struct feature_node){(int)column + 1, x[column]};
        if (bias != 0) *next++ = (struct feature_node){(int)columns + 1, bias};
        *next++ = (struct feature_node){-1, 0};
    }
    *examples = (saccade_linear_examples){rows, columns, bias, starts, nodes};
    return examples;
}

void saccade_linear_examples_destroy(saccade_linear_examples *examples) {
    if (!examples) return;
    free(examples->starts);
    free(examples->nodes);
    free(examples);
}

// liblinear has one function that it prints with, and draws from the process's one sequence of random numbers.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int has_given_up;  // guarded by `lock`

// That it stopped early is told in words only.
static void listen(const char *text) {
    if (strstr(text, "reaching max number of iterations")) has_given_up = 1;
}

// The same numbers for the same seed, and those that others draw go on as if nothing had been.
#if defined(__GLIBC__)
typedef struct {
    char own[128];
    char *others;
} random_state;

static void begin_random(random_state *state, unsigned seed) {
    state->others = initstate(seed, state->own, sizeof state->own);
}

static void end_random(random_state *state) { setstate(state->others); }
#else
typedef int random_state;
static void begin_random(random_state *state, unsigned seed) {
    (void)state;
    srand(seed);
}
static void end_random(random_state *state) { (void)state; }
#endif

saccade_linear_result saccade_linear_train(
    const saccade_linear_examples *examples, const unsigned char *is_positive, saccade_linear_settings settings,
    float *weights, float *intercept, const char **reason) {
    *reason = "";
    double *labels = malloc((size_t)examples->rows * sizeof *labels);
    if (!labels) return SACCADE_LINEAR_NO_MEMORY;
    for (long row = 0; row < examples->rows; row++) labels[row] = is_positive[row] ? 1 : -1;

    int has_bias = examples->bias != 0, classes[2] = {1, -1};
    double class_weights[2] = {settings.positive_weight, settings.negative_weight};
    struct problem problem = {
        .l = (int)examples->rows,
        .n = (int)examples->columns + has_bias,
        .y = labels,
        .x = examples->starts,
        .bias = has_bias ? examples->bias : -1,
    };
    struct parameter parameter = {
        .solver_type = L2R_L1LOSS_SVC_DUAL,
        .eps = settings.tolerance,
        .C = settings.cost,
        .nr_weight = 2,
        .weight_label = classes,
        .weight = class_weights,
        .p = 0.1,
#if LIBLINEAR_VERSION >= 240
        // Later versions can leave it out of |w|, but not with this loss.
        .regularize_bias = 1,
#endif
    };
    const char *refusal = check_parameter(&problem, &parameter);
    if (refusal) {
        free(labels);
        *reason = refusal;
        return SACCADE_LINEAR_REFUSED;
    }

    pthread_mutex_lock(&lock);
    has_given_up = 0;
    set_print_string_function(listen);
    random_state state;
    begin_random(&state, settings.seed);
    struct model *model = train(&problem, &parameter);
    end_random(&state);
    int has_stopped = has_given_up;
    pthread_mutex_unlock(&lock);

    // Its weights are for the class that it lists first: the one of the first example, but in some versions.
    double sign = model->label[0] == 1 ? 1 : -1;
    for (long column = 0; column < examples->columns; column++) weights[column] = (float)(sign * model->w[column]);
    *intercept = has_bias ? (float)(sign * model->w[examples->columns] * examples->bias) : 0;
    free_and_destroy_model(&model);
    free(labels);
    return has_stopped ? SACCADE_LINEAR_STOPPED : SACCADE_LINEAR_OPTIMAL;
}
