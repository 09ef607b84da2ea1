// liblinear's support vector machines with hinge loss, without its surprises.
//
// liblinear prints to standard output, draws from the one sequence of `rand`, and calls positive whatever label it meets
// first. Here it is silent, repeats itself with a seed, and labels are what they say. One training runs at a time in a
// process, whichever threads ask.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

// Examples as liblinear keeps them: 16 bytes for each number that is not 0, and for each example.
typedef struct saccade_linear_examples saccade_linear_examples;

// Copies `features` [rows, columns]; both at least 1, columns below 2³¹ − 2 and rows below 2³¹. A `bias` that is not 0
// becomes another feature of every example. Null: there is not enough memory.
saccade_linear_examples *saccade_linear_examples_create(
    long rows, long columns, const float *features, double bias);

void saccade_linear_examples_destroy(saccade_linear_examples *examples);

typedef struct {
    double cost;                              // of each example's loss, above 0
    double positive_weight, negative_weight;  // what that is multiplied with, above 0
    double tolerance;                         // how far from its optimum a dual variable's gradient may end, above 0
    unsigned seed;                            // of the order in which examples are visited
} saccade_linear_settings;

typedef enum {
    SACCADE_LINEAR_OPTIMAL,      // as near as `tolerance` says
    SACCADE_LINEAR_STOPPED,      // not yet there when liblinear gave up; still a classifier
    SACCADE_LINEAR_NO_MEMORY,
    SACCADE_LINEAR_REFUSED,      // `reason` says why
} saccade_linear_result;

// Learns `weights` [columns] and `intercept`, so that weights · x + intercept is above 0 where `is_positive` [rows].
// There must be examples of both kinds.
saccade_linear_result saccade_linear_train(
    const saccade_linear_examples *examples, const unsigned char *is_positive, saccade_linear_settings settings,
    float *weights, float *intercept, const char **reason);

#ifdef __cplusplus
}
#endif
