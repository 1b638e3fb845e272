# Values of R for the tests: `Rscript reference.R out.json`. Needs MASS and jsonlite.
suppressPackageStartupMessages({library(MASS); library(jsonlite)})
options(digits = 17)
tight <- glm.control(epsilon = 1e-12, maxit = 100)
d <- data.frame(x = 0:3, y = c(153, 462, 527, 594))
year <- 2015:2018
later <- subset(d, x >= 1)
plain <- function(m) { m <- as.matrix(m); dimnames(m) <- NULL; m }

least_squares <- function(fit) {
  s <- summary(fit)
  list(coef = unname(coef(fit)), se = unname(s$coefficients[, 2]), p = unname(s$coefficients[, 4]),
       ci95 = plain(confint(fit)), ci80 = plain(confint(fit, level = .8)), sigma = s$sigma, r2 = s$r.squared,
       resid = unname(resid(fit)), hat = unname(hatvalues(fit)), loglik = as.numeric(logLik(fit)), aic = AIC(fit))
}

poisson_like <- function(fit) {
  list(coef = unname(coef(fit)), se = unname(summary(fit)$coefficients[, 2]), deviance = fit$deviance,
       pearson = sum(resid(fit, type = "pearson")^2), resid_dev = unname(resid(fit, type = "deviance")),
       hat = unname(hatvalues(fit)), loglik = as.numeric(logLik(fit)), aic = AIC(fit))
}

# limits of one coefficient where the deviance, over phi, has risen by `rise`
profile_limits <- function(data, rise, phi = 1, low = -3, high = 6) {
  time <- if (is.null(data$time)) rep(1, nrow(data)) else data$time
  deviance_at <- function(b) glm(data$y ~ 1 + offset(b * data$x + log(time)), family = poisson, control = tight)$deviance
  best <- glm(data$y ~ data$x + offset(log(time)), family = poisson, control = tight)
  f <- function(b) (deviance_at(b) - best$deviance) / phi - rise
  c(uniroot(f, c(low, coef(best)[2]), tol = 1e-13)$root, uniroot(f, c(coef(best)[2], high), tol = 1e-13)$root)
}

pair <- function(a, b, time = c(1, 1)) {
  t <- poisson.test(c(a, b), time)
  list(a = a, b = b, ratio = unname(t$estimate), ci95 = as.numeric(t$conf.int), p_minlike = t$p.value,
       ci90 = as.numeric(poisson.test(c(a, b), time, conf.level = .9)$conf.int),
       ci_bonf3 = as.numeric(poisson.test(c(a, b), time, conf.level = 1 - .05 / 3)$conf.int),
       p_one_sided = poisson.test(c(a, b), time, alternative = "greater")$p.value)
}

curve_fit <- function(expression, names, start) {
  g <- deriv(expression, names, function.arg = c("x", names))
  form <- as.formula(paste0("y ~ g(x, ", paste(names, collapse = ", "), ")"))
  environment(form) <- environment()
  control <- nls.control(tol = 1e-10, minFactor = 1e-14, maxiter = 500, warnOnly = TRUE)
  f <- suppressWarnings(nls(form, d, start = start, control = control))  # tol is below what rounding allows
  s <- summary(f)
  profile <- tryCatch(plain(suppressWarnings(suppressMessages(confint(f)))), error = function(e) "error")
  list(coef = unname(coef(f)), se = unname(s$coefficients[, 2]), rss = deviance(f), sigma = s$sigma, aic = AIC(f),
       profile = profile)
}

out <- list(ols_linear = least_squares(lm(y ~ x, d)), ols_loglinear = least_squares(lm(log(y) ~ x, d)))

trend <- glm(y ~ x, poisson, d, control = tight)
phi <- sum(resid(trend, type = "pearson")^2) / 2
out$poisson <- c(poisson_like(trend), list(profile95 = profile_limits(d, qchisq(.95, 1), low = .1, high = .7),
                                           profile95_phi5 = profile_limits(d, qchisq(.95, 1), 5, -.5, 1)))
default <- glm(y ~ x, poisson, d)
out$poisson_default_control <- list(se = unname(summary(default)$coefficients[, 2]))
quasi <- summary(glm(y ~ x, quasipoisson, d, control = tight))
out$quasipoisson <- list(dispersion = quasi$dispersion, se = unname(quasi$coefficients[, 2]), p = unname(quasi$coefficients[, 4]),
  profile_F95 = profile_limits(d, qf(.95, 1, 2), phi),
  confint = plain(suppressMessages(confint(glm(y ~ x, quasipoisson, d, control = tight)))),
  F_p = anova(glm(y ~ 1, quasipoisson, d, control = tight), glm(y ~ x, quasipoisson, d, control = tight), test = "F")[["Pr(>F)"]][2])
nb <- glm.nb(y ~ x, d, control = glm.control(epsilon = 1e-13, maxit = 500))
out$negbin <- list(coef = unname(coef(nb)), se = unname(summary(nb)$coefficients[, 2]), theta = nb$theta, loglik = nb$twologlik / 2, aic = AIC(nb))
d$post <- as.numeric(d$x >= 1)
shift <- glm(y ~ post, poisson, d, control = tight)
out$poisson_step <- c(poisson_like(shift), list(rr = exp(unname(coef(shift)[2])),
  profile95 = profile_limits(data.frame(x = d$post, y = d$y), qchisq(.95, 1), low = .5, high = 2)))
out$poisson_drop2015 <- c(poisson_like(glm(y ~ x, poisson, later, control = tight)),
                          list(profile95 = profile_limits(later, qchisq(.95, 1), low = -.2, high = .4)))

# first year as part of a year, and off the trend of the others
out$first_year <- lapply(c(12, 9, 6), function(months) {
  part <- transform(d, time = c(months / 12, 1, 1, 1))
  fit <- glm(y ~ x + offset(log(time)), poisson, part, control = tight)
  list(months = months, growth = 100 * expm1(unname(coef(fit)[2])), profile95 = profile_limits(part, qchisq(.95, 1), low = -.5, high = .9),
       loglinear = 100 * expm1(unname(coef(lm(log(y / time) ~ x, part))[2])))
})
off <- glm(y ~ x + I(x == 0), poisson, d, control = tight)
off_deviance <- function(b) glm(y ~ x + offset(b * (x == 0)), poisson, d, control = tight)$deviance - off$deviance - qchisq(.95, 1)
at <- unname(coef(off)[3])
out$off_trend <- list(log_ratio = at, expected = unname(exp(coef(off)[1])),
  profile95 = c(uniroot(off_deviance, c(at - 1, at), tol = 1e-13)$root, uniroot(off_deviance, c(at, at + 1), tol = 1e-13)$root))

# a second series: unequal gaps, small counts, a fall
other <- data.frame(x = c(0, 1, 3, 6), y = c(31, 22, 19, 7), time = c(1, 1, .5, 1))
other_fit <- glm(y ~ x + offset(log(time)), poisson, other, control = tight)
out$other_series <- c(poisson_like(other_fit), list(profile95 = profile_limits(other, qchisq(.95, 1), low = -1, high = .3)))

out$rate_ratios <- list()
for (p in list(c(2, 1), c(3, 2), c(4, 3), c(4, 1), c(4, 2)))
  out$rate_ratios[[paste0(year[p[1]], "/", year[p[2]])]] <- pair(d$y[p[1]], d$y[p[2]])
out$holm <- p.adjust(sapply(out$rate_ratios[1:3], function(z) z$p_minlike), "holm")
names(out$holm) <- NULL
out$single_rate_exact <- lapply(d$y, function(z) as.numeric(poisson.test(z)$conf.int))
# the examples of ?poisson.test and of Fay's package rateratio.test
out$published <- list(poisson_test_help = pair(11, 6 + 8 + 7, c(800, 1083 + 1050 + 878)), fay = pair(2, 9, c(17877, 16660)))
out$published$fay$p_central <- { q <- 17877 / (17877 + 16660); min(1, 2 * min(pbinom(2, 11, q), pbinom(1, 11, q, lower.tail = FALSE))) }

out$nls_logistic <- curve_fit(quote(A / (1 + exp(-(x - m) / s))), c("A", "m", "s"), list(A = 571, m = .42, s = .43))
out$nls_gompertz <- curve_fit(quote(A * exp(-B * exp(-k * x))), c("A", "B", "k"), list(A = 580, B = 1.3, k = 1.7))
out$nls_monomolecular3 <- curve_fit(quote(A - (A - y0) * exp(-k * x)), c("A", "y0", "k"), list(A = 596, y0 = 154, k = 1.1))

# nls left alone takes a forward-difference gradient
logistic <- suppressWarnings(nls(y ~ A / (1 + exp(-(x - m) / s)), d, start = list(A = 571, m = .42, s = .43),
                                 control = nls.control(tol = 1e-10, minFactor = 1e-14, maxiter = 500, warnOnly = TRUE)))
out$nls_default <- list(se = unname(summary(logistic)$coefficients[, 2]))

out$versions <- list(R = R.version.string, MASS = as.character(packageVersion("MASS")))
write_json(out, commandArgs(trailingOnly = TRUE)[1], digits = NA, auto_unbox = TRUE, pretty = TRUE, null = "null")
